#include "cli/run.hpp"

int main(int argc, char** argv) {
    return rungs::cli::run(argc, argv);
}
