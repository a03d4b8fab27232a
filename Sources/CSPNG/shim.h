#ifndef PARE_CSPNG_SHIM_H
#define PARE_CSPNG_SHIM_H

#include <spng.h>

#endif
