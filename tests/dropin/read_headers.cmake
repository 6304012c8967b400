# Reads the version out of zlib.h as text, in the ways of build systems.
#
#     cmake -DINCLUDE_DIR=folder -DWANTED=1.3.2 -P read_headers.cmake

set(header "${INCLUDE_DIR}/zlib.h")
string(REPLACE "." ";" wanted "${WANTED}")

function(expect what got wanted)
    if(NOT got STREQUAL wanted)
        message(FATAL_ERROR "${what}: \"${got}\", not \"${wanted}\"")
    endif()
endfunction()

# MySQL: the lines of each part. If one is missing, it compiles a zlib of its own.
set(number 0)
foreach(part ZLIB_VER_MAJOR ZLIB_VER_MINOR ZLIB_VER_REVISION)
    file(STRINGS "${header}" lines REGEX "^#[\t ]*define[\t ]+${part}[\t ]+([0-9]+).*")
    string(REGEX REPLACE "^.*${part}[\t ]+([0-9]+).*$" "\\1" value "${lines}")
    list(GET wanted ${number} part_wanted)
    expect(${part} "${value}" "${part_wanted}")
    math(EXPR number "${number} + 1")
endforeach()

# CMake's FindZLIB: one line that has nothing behind the version.
file(STRINGS "${header}" lines REGEX "^#define ZLIB_VERSION \"[^\"]*\"$")
expect("lines of ZLIB_VERSION" "${lines}" "#define ZLIB_VERSION \"${WANTED}\"")

# One expression over all of the file.
file(READ "${header}" text)
string(REGEX REPLACE ".*#define[ \t]+ZLIB_VERSION[ \t]+\"([-0-9A-Za-z.]+)\".*" "\\1" value "${text}")
expect("ZLIB_VERSION in the text" "${value}" "${WANTED}")
