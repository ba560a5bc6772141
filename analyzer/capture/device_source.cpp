#include "analyzer/capture/device_source.hpp"

#include <pcap.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

#include "core/endpoint.hpp"
#include "core/limits/capture.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::capture {
namespace {

/// How long the kernel may hold packets back to hand out many at once.
constexpr int read_timeout_ms = 50;
constexpr int packets_at_once = 8'192;
/// A block of the kernel's ring is handed out at the second timeout after its first packet, at the latest.
constexpr std::chrono::milliseconds handed_out_within{3 * read_timeout_ms};

constexpr const char* fragments = "(ip[6:2] & 0x3fff != 0) or (ip6[6] == 44)";
/// IP in IP, IPv6 in IP, GRE (ERSPAN), VXLAN, GENEVE, GTP-U, TZSP, Teredo.
constexpr const char* tunnels = "(ip proto 4) or (ip proto 41) or (ip proto 47) or (ip6 proto 47) or "
                                "(udp port 4789 or 6081 or 2152 or 37008 or 3544)";

struct FreeDevices {
    void operator()(pcap_if_t* devices) const { pcap_freealldevs(devices); }
};
using Devices = std::unique_ptr<pcap_if_t, FreeDevices>;

Result<Devices> find_devices() {
    std::array<char, PCAP_ERRBUF_SIZE> problem{};
    pcap_if_t* found = nullptr;
    if (pcap_findalldevs(&found, problem.data()) != 0)
        return fail("the interfaces cannot be listed: " + printable(problem.data()));
    return Devices(found);
}

std::string address_text(const sockaddr* address) {
    if (address == nullptr) return {};
    const auto text_of = [](const void* octets, std::size_t count) {
        std::array<std::uint8_t, 16> copy{};
        std::memcpy(copy.data(), octets, count);
        return IpAddress::from_octets(std::span(copy).first(count)).to_string();
    };
    if (address->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        return text_of(&v4.sin_addr, 4);
    }
    if (address->sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, address, sizeof v6);
        return text_of(&v6.sin6_addr, 16);
    }
    return {};
}

Error no_permission(const std::string& name) {
    return {printable(name) + ": this user may not capture packets",
            "three ways: let dumpcap capture (dumpcap -q -i " + printable(name) +
                " -w - | rungs live -r -); or give rungs the one capability that it needs (sudo setcap "
                "cap_net_raw+ep \"$(command -v rungs)\"); or start it as root, which it gives up after "
                "opening the "
                "interface (sudo rungs live -i " +
                printable(name) + ")"};
}

Error unknown_device(const std::string& name) {
    std::vector<std::string> names;
    if (const auto devices = list_devices())
        for (const Device& device : *devices) names.push_back(device.name);
    const std::vector<std::string_view> known(names.begin(), names.end());
    std::string hint = "rungs live -D lists the interfaces";
    if (const auto near = nearest(name, known); !near.empty())
        hint = "did you mean " + std::string(near.front()) + "? " + hint;
    return {printable(name) + ": there is no such interface", hint};
}

Error activation_error(pcap_t* handle, const std::string& name, int status) {
    switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED: return no_permission(name);
    case PCAP_ERROR_NO_SUCH_DEVICE: return unknown_device(name);
    case PCAP_ERROR_IFACE_NOT_UP:
        return {printable(name) + ": the interface is down", "sudo ip link set " + printable(name) + " up"};
    default: break;
    }
    const std::string detail = printable(pcap_geterr(handle));
    return {printable(name) + ": " + (detail.empty() ? printable(pcap_statustostr(status)) : detail), {}};
}

} // namespace

Result<std::vector<Device>> list_devices() {
    auto found = find_devices();
    if (!found) return tl::unexpected(found.error());
    std::vector<Device> devices;
    for (const pcap_if_t* one = found->get(); one != nullptr; one = one->next) {
        Device& device = devices.emplace_back();
        device.name = one->name;
        if (one->description != nullptr) device.description = one->description;
        device.up = (one->flags & PCAP_IF_UP) != 0;
        device.loopback = (one->flags & PCAP_IF_LOOPBACK) != 0;
        for (const pcap_addr_t* address = one->addresses; address != nullptr; address = address->next)
            if (std::string text = address_text(address->addr); !text.empty())
                device.addresses.push_back(std::move(text));
    }
    return devices;
}

std::string widened(const std::string& filter) {
    if (filter.empty()) return {};
    const std::string all = "(" + filter + ") or " + fragments + " or " + tunnels;
    return all + " or (vlan and (" + all + "))";
}

void DeviceSource::CloseHandle::operator()(pcap* handle) const {
    pcap_close(handle);
}

DeviceSource::DeviceSource(const DeviceOptions& options)
    : m_options(options), m_window(handed_out_within, limits::live_window_octets),
      m_pool(std::make_shared<BufferPool>(limits::capture_buffer_octets)) {
    if (options.filter.empty()) return;
    m_filter =
        std::make_unique<PacketFilter>("(" + options.filter + ") or (vlan and (" + options.filter + "))");
    m_tunnels = std::make_unique<PacketFilter>(std::string(tunnels) + " or (vlan and (" + tunnels + "))");
}

DeviceSource::~DeviceSource() {
    stop();
    m_queue.close(); // the thread may wait for room
    if (m_thread.joinable()) m_thread.join();
}

Result<void> DeviceSource::open() {
    for (const std::string& name : m_options.interfaces)
        if (auto opened = open_device(name); !opened) return opened;
    return {};
}

Result<void> DeviceSource::open_device(const std::string& name) {
    std::array<char, PCAP_ERRBUF_SIZE> problem{};
    auto device = std::make_unique<Device>();
    device->name = name;
    device->handle.reset(pcap_create(name.c_str(), problem.data()));
    if (!device->handle) return fail(printable(name) + ": " + printable(problem.data()));
    pcap_t* handle = device->handle.get();
    pcap_set_snaplen(handle, static_cast<int>(m_options.snapshot_octets));
    pcap_set_promisc(handle, m_options.promiscuous ? 1 : 0);
    pcap_set_timeout(handle, read_timeout_ms);
    pcap_set_buffer_size(handle, static_cast<int>(m_options.ring_octets));
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    if (const int status = pcap_activate(handle); status < 0)
        return tl::unexpected(activation_error(handle, name, status));
    if (pcap_setnonblock(handle, 1, problem.data()) != 0)
        return fail(printable(name) + ": " + printable(problem.data()));
    device->link_type = static_cast<LinkType>(pcap_datalink(handle));
    if (auto set = set_filter(*device); !set) return set;

    Summary& summary = m_captures.emplace_back();
    summary.path = name;
    summary.format = "live";
    summary.link_types = {device->link_type};
    m_devices.push_back(std::move(device));
    return {};
}

Result<void> DeviceSource::set_filter(Device& device) {
    if (m_options.filter.empty()) return {};
    if (auto alone = PacketFilter(m_options.filter).compile(device.link_type); !alone)
        return fail(printable(device.name) + ": " + alone.error().message, alone.error().hint);
    bpf_program program{};
    // Not every link type knows VLAN or IP: then the expression as it is.
    const std::string wide = widened(m_options.filter);
    for (const std::string& expression : {wide, m_options.filter}) {
        if (pcap_compile(device.handle.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
            continue;
        const bool set = pcap_setfilter(device.handle.get(), &program) == 0;
        pcap_freecode(&program);
        if (!set) continue;
        const bool two_stages = expression == wide && m_filter->compile(device.link_type).has_value() &&
                                m_tunnels->compile(device.link_type).has_value();
        if (expression == wide && !two_stages) continue;
        if (!two_stages) m_filter.reset(), m_tunnels.reset();
        return {};
    }
    return fail(printable(device.name) + ": " + printable(pcap_geterr(device.handle.get())));
}

void DeviceSource::start() {
    m_thread = std::thread([this] { read(); });
}

void DeviceSource::stop() {
    m_stop = true;
}

/// Packets of all interfaces that came in one go, in one or more batches.
struct DeviceSource::Round {
    DeviceSource& source;
    FrameBatch batch;
    std::size_t octets = 0;
    std::uint16_t device = 0;
    LinkType link_type = 0;

    void add(const pcap_pkthdr& header, const std::uint8_t* packet) {
        const std::span<const std::uint8_t> captured(packet, header.caplen);
        auto& [buffer, used] = source.m_room;
        if (buffer == nullptr || buffer->size - used < captured.size())
            source.m_room = {source.m_pool->take(captured.size()), 0};
        if (batch.buffers.empty() || batch.buffers.back() != buffer) batch.buffers.push_back(buffer);
        const std::span<std::uint8_t> place =
            std::span(buffer->octets.get(), buffer->size).subspan(used, captured.size());
        std::copy(captured.begin(), captured.end(), place.begin());
        used += captured.size();
        octets += captured.size() + sizeof(Frame);

        Frame& frame = batch.frames.emplace_back();
        frame.time.ns =
            std::int64_t{header.ts.tv_sec} * 1'000'000'000 + header.ts.tv_usec; // nanoseconds, as asked
        frame.bytes = place;
        frame.original_length = header.len;
        frame.link_type = link_type;
        frame.capture = device;
    }
};

bool DeviceSource::read_round() {
    Round round{*this, {}};
    std::optional<Timestamp> backlog;
    for (std::size_t index = 0; index < m_devices.size(); ++index) {
        round.device = static_cast<std::uint16_t>(index);
        round.link_type = m_devices[index]->link_type;
        const auto take = [](u_char* to, const pcap_pkthdr* header, const u_char* packet) {
            reinterpret_cast<Round*>(to)->add(*header, packet);
        };
        pcap_t* handle = m_devices[index]->handle.get();
        // NOLINTNEXTLINE: libpcap hands its argument through as octets
        const int count = pcap_dispatch(handle, packets_at_once, take, reinterpret_cast<u_char*>(&round));
        if (count < 0 && count != PCAP_ERROR_BREAK) {
            m_problem = printable(m_devices[index]->name) + ": " + printable(pcap_geterr(handle));
            return false;
        }
        if (count == packets_at_once) {
            const Timestamp read_until = round.batch.frames.back().time;
            backlog = backlog ? std::min(*backlog, read_until) : read_until;
        }
    }
    if (m_devices.size() == 1) return hand_over(std::move(round.batch));
    const auto now = ReorderWindow::Clock::now();
    m_window.add(std::move(round.batch), round.octets, now);
    return hand_over(m_window.release(now, backlog));
}

/// False when nobody takes it any more.
bool DeviceSource::hand_over(FrameBatch batch) {
    if (batch.frames.empty()) return true;
    std::size_t octets = 0;
    for (const Frame& frame : batch.frames) octets += frame.bytes.size() + sizeof(Frame);
    return m_queue.push(std::move(batch), octets);
}

void DeviceSource::read() {
    std::vector<pollfd> waiting;
    for (const auto& device : m_devices)
        waiting.push_back({pcap_get_selectable_fd(device->handle.get()), POLLIN, 0});
    auto next_count = std::chrono::steady_clock::now();
    bool alive = true;
    while (alive && !m_stop) {
        ::poll(waiting.data(), waiting.size(), read_timeout_ms);
        alive = read_round();
        if (std::chrono::steady_clock::now() < next_count) continue;
        for (const auto& device : m_devices) count(*device);
        next_count = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    }
    // What the ring still holds came before the stop.
    if (alive) read_round();
    hand_over(m_window.release_all());
    for (const auto& device : m_devices) count(*device);
    m_queue.close();
}

void DeviceSource::count(Device& device) {
    pcap_stat now{};
    if (pcap_stats(device.handle.get(), &now) != 0) return;
    const std::array<std::uint32_t, 3> values{now.ps_recv, now.ps_drop, now.ps_ifdrop};
    for (std::size_t i = 0; i < values.size(); ++i) {
        device.sums[i] += static_cast<std::uint32_t>(values[i] - device.counted[i]);
        device.counted[i] = values[i];
    }
}

std::vector<DeviceCounters> DeviceSource::counters() const {
    std::vector<DeviceCounters> counters;
    for (const auto& device : m_devices)
        counters.push_back({device->sums[0].load(), device->sums[1].load(), device->sums[2].load()});
    return counters;
}

bool DeviceSource::next(FrameBatch& batch, std::chrono::milliseconds patience) {
    batch.clear();
    if (auto came = m_queue.pop(patience)) {
        batch = std::move(*came);
        std::erase_if(batch.frames, [this](Frame& frame) { return !admit(frame); });
        return true;
    }
    if (!m_queue.is_finished()) return true;
    if (m_thread.joinable()) m_thread.join();
    if (std::vector<std::string>& remarks = m_captures.front().remarks; remarks.empty()) {
        if (!m_problem.empty()) remarks.push_back(m_problem);
        if (m_window.is_overrun())
            remarks.emplace_back("packets came too fast to put those of several interfaces in order");
    }
    return false;
}

bool DeviceSource::admit(Frame& frame) {
    Summary& summary = m_captures[frame.capture];
    if (m_filter && !m_filter->keeps(frame) && !m_tunnels->keeps(frame)) {
        ++summary.filtered;
        return false;
    }
    frame.number = ++m_frames;
    if (summary.packets == 0) summary.first = summary.last = frame.time;
    ++summary.packets;
    summary.octets += frame.bytes.size();
    summary.first = std::min(summary.first, frame.time);
    summary.last = std::max(summary.last, frame.time);
    return true;
}

Result<std::unique_ptr<LiveSource>> open_devices(const DeviceOptions& options) {
    auto source = std::make_unique<DeviceSource>(options);
    if (auto opened = source->open(); !opened) return tl::unexpected(std::move(opened.error()));
    return source;
}

} // namespace rungs::capture
