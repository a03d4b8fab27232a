#ifndef PARE_CTURBOJPEG_SHIM_H
#define PARE_CTURBOJPEG_SHIM_H

#include <turbojpeg.h>

#endif
