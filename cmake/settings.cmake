# Everything of ours is compiled with these; nothing leaks into what we link.
add_library(rungs_settings INTERFACE)
target_include_directories(rungs_settings INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_options(rungs_settings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual)
# g++ 12 sees overlapping copies in std::string's own replace and insert where there are none (GCC PR 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(rungs_settings INTERFACE -Wno-restrict)
endif()
if(RUNGS_WERROR)
    target_compile_options(rungs_settings INTERFACE -Werror)
endif()

# Assertions of the standard library stay on in releases: input is hostile. Measured cost: see docs/performance.md.
target_compile_definitions(rungs_settings INTERFACE _GLIBCXX_ASSERTIONS)

if(RUNGS_SANITIZE)
    target_compile_options(rungs_settings INTERFACE
        -fsanitize=${RUNGS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(rungs_settings INTERFACE -fsanitize=${RUNGS_SANITIZE})
    target_compile_definitions(rungs_settings INTERFACE RUNGS_SANITIZED)
else()
    # Where the compiler has them: forged return addresses and jumps, values left on the stack.
    include(CheckCXXCompilerFlag)
    foreach(flag -fcf-protection=full -ftrivial-auto-var-init=zero)
        string(MAKE_C_IDENTIFIER "has${flag}" has_flag)
        check_cxx_compiler_flag(${flag} ${has_flag})
        if(${has_flag})
            target_compile_options(rungs_settings INTERFACE $<$<CONFIG:Release>:${flag}>)
        endif()
    endforeach()
    target_compile_options(rungs_settings INTERFACE
        -fstack-protector-strong -fstack-clash-protection -fPIE
        $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>)
    target_link_options(rungs_settings INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code)
endif()

# rungs_library(NAME LINKS...): the library of this folder, made of every .cpp below it.
function(rungs_library name)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC rungs_settings ${ARGN})
    if(RUNGS_FUZZ)
        target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link) # so that libFuzzer sees which ways were taken
    endif()
    if(RUNGS_COVERAGE)
        target_compile_options(${name} PRIVATE -fprofile-instr-generate -fcoverage-mapping)
    endif()
endfunction()
