/*
 * zlib.h of the drop-in: rzlib.h under zlib's name. The version stands here once more because
 * FindZLIB and configure scripts look for the line in this file.
 */
#include "rzlib.h"
#ifndef ZLIB_VERSION
#define ZLIB_VERSION "1.3.2"
#endif
