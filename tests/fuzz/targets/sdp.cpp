#include "dissectors/sdp/description.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;

namespace {

void check_attributes(Bytes input, const std::vector<sdp::Attribute>& attributes) {
    for (const sdp::Attribute& attribute : attributes) {
        require_inside(input, attribute.name);
        require_inside(input, attribute.value);
    }
}

std::size_t check_media(Bytes input, const sdp::Media& media) {
    for (const auto part : {media.type, media.protocol, media.title, media.connection_text})
        require_inside(input, part);
    require(media.formats.size() <= limits::sdp_formats, "formats are bounded");
    require(media.offset < input.size(), "an m= line stands in the text");
    for (const sdp::Format& format : media.formats) {
        require_inside(input, format.text);
        require_inside(input, format.fmtp);
        require_inside(input, format.encoding_parameters);
        require(!format.payload_type || *format.payload_type < 128, "payload types have seven bits");
    }
    check_attributes(input, media.attributes);
    return media.attributes.size();
}

std::string digest_of(const sdp::Description& description) {
    std::string text(description.session_name);
    for (const sdp::Media& media : description.media) {
        text += "\n" + std::string(media.type) + std::to_string(media.port) + media.connection.to_string() +
                std::string(to_string(media.direction)) + std::to_string(media.attributes.size()) +
                (media.ice ? "i" : "") + (media.secure ? "s" : "") +
                std::to_string(media.ptime_ms.value_or(0));
        for (const sdp::Format& format : media.formats)
            text += " " + std::string(format.text) + std::string(format.encoding) +
                    std::to_string(format.clock_rate_hz);
    }
    for (const Issue& issue : description.issues)
        text += "\n" + std::string(issue.code) + std::to_string(issue.offset);
    return text;
}

} // namespace

FUZZ_TARGET(sdp) {
    const auto text = as_text(input);
    static_cast<void>(sdp::probe(text));
    sdp::Description description;
    sdp::parse(text, description);
    require(description.media.size() <= limits::sdp_media, "m= lines are bounded");
    require(description.issues.size() <= limits::issues, "issues are bounded");
    for (const Issue& issue : description.issues)
        require(issue.offset <= input.size(), "an issue stands inside of the text");
    check_attributes(input, description.attributes);
    std::size_t attributes = description.attributes.size();
    for (const sdp::Media& media : description.media) attributes += check_media(input, media);
    require(attributes <= limits::sdp_attributes, "attributes are bounded");

    const std::string first = digest_of(description);
    // The same memory again, after another description: nothing of that may stay.
    sdp::parse(text.substr(text.size() / 2), description);
    sdp::parse(text, description);
    require(digest_of(description) == first, "memory that is used again keeps nothing");

    sdp::Description answer;
    sdp::parse(text.substr(text.size() / 3), answer);
    const auto lines = sdp::negotiate(description, answer);
    require(lines.size() == std::max(description.media.size(), answer.media.size()),
            "each m= line of either side is in the outcome");
}
