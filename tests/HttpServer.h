// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/// One connection of a test server: what was asked, and the socket to answer on. Closed when the handler returns.
struct HttpAsked {
    int socket = -1;
    std::string text;          ///< the request with its headers
    std::string path;          ///< "/file.zip"
    long long rangeBegin = -1; ///< of "Range: bytes=N-", -1 where there is none
    std::atomic<bool>* closing = nullptr;

    bool send(const std::string& bytes) const {
        std::size_t sent = 0;
        while (sent < bytes.size()) {
            const ssize_t count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (count <= 0)
                return false;
            sent += static_cast<std::size_t>(count);
        }
        return true;
    }

    /// A whole answer: 200, or 206 from where the range begins.
    void serve(const std::string& body, const std::string& moreHeaders = {}) const {
        if (rangeBegin >= static_cast<long long>(body.size())) {
            status("416 Range Not Satisfiable");
            return;
        }
        const auto from = static_cast<std::size_t>(rangeBegin > 0 ? rangeBegin : 0);
        std::string head = rangeBegin >= 0
                               ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(from) + "-" +
                                     std::to_string(body.size() - 1) + "/" + std::to_string(body.size()) + "\r\n"
                               : "HTTP/1.1 200 OK\r\n";
        head += "Content-Length: " + std::to_string(body.size() - from) + "\r\n" + moreHeaders +
                "Connection: close\r\n\r\n";
        send(head + body.substr(from));
    }

    void status(const std::string& line, const std::string& moreHeaders = {}) const {
        send("HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n" + moreHeaders + "Connection: close\r\n\r\n");
    }

    /// Holds the connection open, saying nothing, until the client hangs up or the server ends.
    void stall() const {
        pollfd waiting{socket, POLLIN, 0};
        while (!*closing && ::poll(&waiting, 1, 20) == 0) {
        }
    }
};

/// A small HTTP server on loopback, a thread for each connection; the handler says how it answers, or how it
/// misbehaves.
class HttpServer {
public:
    using Handler = std::function<void(const HttpAsked&)>;

    explicit HttpServer(Handler handler) : m_handler(std::move(handler)) {
        ::setenv("no_proxy", "127.0.0.1", 1);
        m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof(address);
        ::bind(m_listener, reinterpret_cast<sockaddr*>(&address), length);
        ::listen(m_listener, 16);
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &length);
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { listen(); });
    }
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    ~HttpServer() {
        m_closing = true;
        m_thread.join();
        for (std::thread& worker : m_workers)
            worker.join();
        ::close(m_listener);
    }

    std::string url(const std::string& path = {}) const { return "http://127.0.0.1:" + std::to_string(m_port) + path; }
    /// The requests so far, in order.
    std::vector<std::string> requests() const {
        const std::scoped_lock lock(m_mutex);
        return m_requests;
    }

private:
    void listen() {
        while (!m_closing) {
            pollfd waiting{m_listener, POLLIN, 0};
            if (::poll(&waiting, 1, 20) <= 0)
                continue;
            const int socket = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket >= 0)
                m_workers.emplace_back([this, socket] { answer(socket); });
        }
    }

    void answer(int socket) {
        HttpAsked asked;
        asked.socket = socket;
        asked.closing = &m_closing;
        char bytes[4096];
        while (asked.text.find("\r\n\r\n") == std::string::npos) {
            const ssize_t count = ::recv(socket, bytes, sizeof(bytes), 0);
            if (count <= 0)
                break;
            asked.text.append(bytes, static_cast<std::size_t>(count));
        }
        const auto begin = asked.text.find(' ') + 1;
        asked.path = asked.text.substr(begin, asked.text.find(' ', begin) - begin);
        if (const auto range = asked.text.find("Range: bytes="); range != std::string::npos)
            asked.rangeBegin = std::atoll(asked.text.c_str() + range + 13);
        {
            const std::scoped_lock lock(m_mutex);
            m_requests.push_back(asked.text);
        }
        m_handler(asked);
        ::shutdown(socket, SHUT_WR);
        while (::recv(socket, bytes, sizeof(bytes), 0) >
               0) { // a close with bytes unread would cut what is still under way
        }
        ::close(socket);
    }

    Handler m_handler;
    int m_listener = -1;
    unsigned m_port = 0;
    std::atomic<bool> m_closing{false};
    mutable std::mutex m_mutex;
    std::vector<std::string> m_requests;
    std::vector<std::thread> m_workers; // touched by the listening thread until it is joined
    std::thread m_thread;
};
