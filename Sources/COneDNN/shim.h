#ifndef PARE_CONEDNN_SHIM_H
#define PARE_CONEDNN_SHIM_H

#include <dnnl.h>
#include <dnnl_debug.h>

// The thread count that oneDNN reads on the calling thread. Declared here because omp.h belongs to gcc's
// private headers; the two functions are part of the OpenMP standard.
extern void omp_set_num_threads(int count);
extern int omp_get_max_threads(void);
extern int omp_get_max_threads(void);

#endif
