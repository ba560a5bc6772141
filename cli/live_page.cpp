#include "cli/live_page.hpp"

#include <array>
#include <chrono>
#include <random>

#include <fmt/format.h>
#include <httplib.h>

#include "cli/failure.hpp"
#include "core/limits/live.hpp"

namespace rungs::cli {
namespace {

constexpr auto at_least_every = std::chrono::seconds(15); // so that a reader who has left is noticed
constexpr auto first_data_within = std::chrono::seconds(5);

/// 128 bits from the operating system.
std::string random_token() {
    std::random_device random;
    std::string token;
    for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", random());
    return token;
}

std::string authority(const std::string& host, int port) {
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                               : fmt::format("[{}]:{}", host, port);
}

} // namespace

LivePage::LivePage(const ServeAddress& address)
    : m_server(std::make_unique<httplib::Server>()), m_host(address.host), m_token(random_token()) {
    m_server->new_task_queue = [] { return new httplib::ThreadPool(limits::live_page_readers + 4); };
    if (address.port == 0) {
        m_port = m_server->bind_to_any_port(m_host);
    } else {
        m_port = m_server->bind_to_port(m_host, address.port) ? address.port : -1;
    }
    if (m_port <= 0) {
        throw Failure{{fmt::format("--serve {}: cannot listen there", authority(m_host, address.port)),
                       "another program may use the port; port 0 takes one that is free"}};
    }
}

LivePage::~LivePage() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_changed.notify_all();
    m_server->stop();
    if (m_thread.joinable()) m_thread.join();
}

std::string LivePage::address() const {
    return fmt::format("http://{}/{}/", authority(m_host, m_port), m_token);
}

bool LivePage::is_wanted() const {
    return m_readers > 0 || m_asked;
}

void LivePage::show(std::string data) {
    {
        const std::lock_guard lock(m_mutex);
        m_data = std::make_shared<const std::string>(std::move(data));
        ++m_version;
        m_asked = false;
    }
    m_changed.notify_all();
}

std::shared_ptr<const std::string> LivePage::wait_for_data() {
    std::unique_lock lock(m_mutex);
    if (m_data == nullptr) m_asked = true;
    m_changed.wait_for(lock, first_data_within, [this] { return m_stopped || m_data != nullptr; });
    return m_data;
}

void LivePage::start(std::string page) {
    m_page = std::move(page);
    serve();
    m_thread = std::thread([this] { m_server->listen_after_bind(); });
}

void LivePage::serve() {
    const std::string own = authority(m_host, m_port);
    m_server->set_default_headers({{"Cache-Control", "no-store"},
                                   {"Referrer-Policy", "no-referrer"},
                                   {"X-Content-Type-Options", "nosniff"},
                                   {"Cross-Origin-Resource-Policy", "same-origin"}});
    // A page elsewhere that names this address otherwise (DNS rebinding) gets nothing.
    m_server->set_pre_routing_handler([own](const httplib::Request& request, httplib::Response& response) {
        if (request.get_header_value("Host") == own) return httplib::Server::HandlerResponse::Unhandled;
        response.status = 403;
        return httplib::Server::HandlerResponse::Handled;
    });
    const std::string base = "/" + m_token + "/";
    m_server->Get(base, [this](const httplib::Request&, httplib::Response& response) {
        response.set_content(m_page, "text/html; charset=utf-8");
    });
    m_server->Get(base + "data", [this](const httplib::Request&, httplib::Response& response) {
        const auto data = wait_for_data();
        if (data == nullptr)
            response.status = 503;
        else
            response.set_content(*data, "application/json");
    });
    m_server->Get(base + "events", [this](const httplib::Request&, httplib::Response& response) {
        if (m_readers >= static_cast<int>(limits::live_page_readers)) {
            response.status = 503;
            return;
        }
        ++m_readers;
        const auto told = std::make_shared<std::uint64_t>(0);
        response.set_chunked_content_provider(
            "text/event-stream",
            [this, told](std::size_t, httplib::DataSink& sink) {
                std::unique_lock lock(m_mutex);
                m_changed.wait_for(lock, at_least_every, [&] { return m_stopped || m_version != *told; });
                if (m_stopped) return false;
                const bool is_new = *told != m_version;
                *told = m_version;
                lock.unlock();
                const std::string text = is_new ? fmt::format("data: {}\n\n", *told) : std::string(":\n\n");
                return sink.write(text.data(), text.size());
            },
            [this](bool) { --m_readers; });
    });
}

} // namespace rungs::cli
