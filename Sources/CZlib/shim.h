#ifndef PARE_CZLIB_SHIM_H
#define PARE_CZLIB_SHIM_H

#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see. 16 on top of the window's size asks for gzip's header
// and checksum.
static inline int pare_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, MAX_WBITS + 16); }

#endif
