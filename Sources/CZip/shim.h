#ifndef PARE_CZIP_SHIM_H
#define PARE_CZIP_SHIM_H

#include <zip.h>

#endif
