# Writes the scripts, the style and the words of the HTML report into a C++ header, a constant for each file:
#     cmake -DFOLDER=reports/html -DOUTPUT=assets.hpp -DSCRIPTS=a.js,b.js -DLIVE_SCRIPTS=c.js -DSTYLES=a.css -DDATA=a.json -P embed.cmake
# The order given is the order in the page. Comments are left out; the rest is as it was written.

function(constants list_name files)
    string(REPLACE "," ";" files "${files}")
    list(LENGTH files count)
    set(text "inline constexpr std::array<std::string_view, ${count}> ${list_name}{\n")
    foreach(file IN LISTS files)
        file(READ "${FOLDER}/${file}" content)
        # Comments, most of them types for the checker, and empty lines stay at home.
        string(REGEX REPLACE "(^|\n) *(//|/\\*|\\*)[^\n]*" "" content "${content}")
        string(REGEX REPLACE "/\\*\\*[^*\n]*\\*/ ?" "" content "${content}")
        string(REGEX REPLACE "\n\n+" "\n" content "${content}")
        string(APPEND text "    R\"asset(${content})asset\", // ${file}\n")
    endforeach()
    set(${list_name} "${text}};\n" PARENT_SCOPE)
endfunction()

constants(scripts "${SCRIPTS}")
constants(live_scripts "${LIVE_SCRIPTS}")
constants(styles "${STYLES}")
constants(data "${DATA}")
file(WRITE "${OUTPUT}" "#pragma once

#include <array>
#include <string_view>

// Made by cmake/embed.cmake from the files in ${FOLDER}.
namespace rungs::reports::html_assets {

${scripts}
${live_scripts}
${styles}
${data}
} // namespace rungs::reports::html_assets
")
