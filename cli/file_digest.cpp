#include "cli/file_digest.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace rungs::cli {
namespace {

std::string sha256_of(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return {};
    std::ifstream file(path, std::ios::binary);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!file || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return {};
    std::array<char, std::size_t{64} << 10U> piece{};
    while (file) {
        file.read(piece.data(), piece.size());
        EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (!file.eof()) return {};
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> octets{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context.get(), octets.data(), &size);
    std::string hex;
    for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", octets.at(i));
    return hex;
}

} // namespace

std::vector<std::string> sha256_of(const std::vector<std::string>& paths) {
    std::vector<std::string> digests;
    digests.reserve(paths.size());
    for (const std::string& path : paths) digests.push_back(sha256_of(path));
    return digests;
}

} // namespace rungs::cli
