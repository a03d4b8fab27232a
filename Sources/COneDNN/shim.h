#ifndef PARE_CONEDNN_SHIM_H
#define PARE_CONEDNN_SHIM_H

#include <dnnl.h>
#include <dnnl_debug.h>

// The thread count that oneDNN reads on the calling thread. Declared here because omp.h belongs to gcc's
// private headers; these functions are part of the OpenMP standard.
extern void omp_set_num_threads(int count);
extern int omp_get_max_threads(void);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);

// What gcc makes of `#pragma omp parallel`: calls `body` with `data` on each of `count` threads of the caller's pool,
// which oneDNN uses too. Part of libgomp's binary interface.
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned count, unsigned flags);

#endif
