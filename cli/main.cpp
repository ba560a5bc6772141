#include <malloc.h>

#include "cli/run.hpp"

int main(int argc, char** argv) {
#ifdef M_MMAP_THRESHOLD
    // Tables of messages and dialogs double as they grow. Left alone, glibc stops returning the halves that
    // they leave behind after the first few, which costs up to a fifth of the memory.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
    return rungs::cli::run(argc, argv, true);
}
