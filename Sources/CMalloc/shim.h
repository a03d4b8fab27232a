#ifndef PARE_CMALLOC_SHIM_H
#define PARE_CMALLOC_SHIM_H

#include <malloc.h>

#endif
