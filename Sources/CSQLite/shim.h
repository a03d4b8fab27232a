#ifndef PARE_CSQLITE_SHIM_H
#define PARE_CSQLITE_SHIM_H

#include <sqlite3.h>

#endif
