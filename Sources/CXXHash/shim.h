#ifndef PARE_CXXHASH_SHIM_H
#define PARE_CXXHASH_SHIM_H

#include <xxhash.h>

#endif
