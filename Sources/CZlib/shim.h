#ifndef PARE_CZLIB_SHIM_H
#define PARE_CZLIB_SHIM_H

#include <zlib.h>

#endif
