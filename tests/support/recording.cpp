#include "tests/support/recording.hpp"

#include <algorithm>

namespace rungs::test {

Recording merged(Recording first, const Recording& second) {
    first.insert(first.end(), second.begin(), second.end());
    std::ranges::stable_sort(first, {}, &Datagram::time_ns);
    return first;
}

Recording readdressed(const Recording& recording, const std::string& from, const std::string& to) {
    return with_each(recording, [&](Datagram& datagram) {
        if (datagram.source == from) datagram.source = to;
        if (datagram.destination == from) datagram.destination = to;
        for (std::size_t at = datagram.payload.find(from); at != std::string::npos;
             at = datagram.payload.find(from, at + to.size()))
            datagram.payload.replace(at, from.size(), to);
    });
}

Recording seen_at(const std::string& there, const Recording& recording, Duration delay, Duration jitter,
                  unsigned seed) {
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::int64_t> varied(0, jitter.count());
    Recording seen = only(recording, [&](const Datagram& datagram) {
        return datagram.source == there || datagram.destination == there;
    });
    for (Datagram& datagram : seen) {
        const std::int64_t way = delay.count() + varied(random);
        datagram.time_ns += datagram.destination == there ? way : -way;
    }
    std::ranges::stable_sort(seen, {}, &Datagram::time_ns);
    return seen;
}

} // namespace rungs::test
