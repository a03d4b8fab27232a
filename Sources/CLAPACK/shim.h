#ifndef PARE_CLAPACK_SHIM_H
#define PARE_CLAPACK_SHIM_H

#include <cblas.h>
#include <lapacke.h>

#endif
