/* zconf.h of the drop-in: zlib's types, which rzlib.h has with all the rest. */
#include "rzlib.h"
