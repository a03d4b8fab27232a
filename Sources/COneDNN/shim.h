#ifndef PARE_CONEDNN_SHIM_H
#define PARE_CONEDNN_SHIM_H

#include <dnnl.h>

#endif
