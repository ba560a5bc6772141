#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "cli/live_options.hpp"

namespace httplib {
class Server;
}

namespace rungs::cli {

/// The page of --serve: the report's page, told by server-sent events when there is something new. A random
/// token in the address keeps out who was not given it; nothing is ever taken from a request but its path and
/// Host.
class LivePage {
  public:
    /// Listens, so that it works before privileges are given up. Throws Failure.
    explicit LivePage(const ServeAddress& address);
    ~LivePage();
    LivePage(const LivePage&) = delete;
    LivePage& operator=(const LivePage&) = delete;

    /// Answers from now on, in threads of its own, with `page` (HTML).
    void start(std::string page);
    [[nodiscard]] std::string address() const; ///< "http://127.0.0.1:8080/.../"
    /// Whether anybody looks.
    [[nodiscard]] bool is_wanted() const;
    /// `data` (JSON) is what there is now.
    void show(std::string data);

  private:
    void serve();
    std::shared_ptr<const std::string> wait_for_data();

    std::unique_ptr<httplib::Server> m_server;
    std::string m_host, m_token, m_page;
    int m_port = 0;
    std::thread m_thread;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::shared_ptr<const std::string> m_data;
    std::uint64_t m_version = 0;
    bool m_stopped = false;
    std::atomic<int> m_readers = 0;
    std::atomic<bool> m_asked = false;
};

} // namespace rungs::cli
