#ifndef PARE_CZSTD_SHIM_H
#define PARE_CZSTD_SHIM_H

#include <zstd.h>

#endif
