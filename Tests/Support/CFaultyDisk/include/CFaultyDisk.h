#pragma once

/* A layer between SQLite and the disk that fails, or ends the process, at one chosen operation.
   Operations that change files count: write, truncate, sync, delete. One process has one such disk. */

enum faulty_disk_fault {
    FAULTY_DISK_KILL = 1,       /* SIGKILL before the operation */
    FAULTY_DISK_KILL_TORN = 2,  /* SIGKILL after half of a write; before any other operation */
    FAULTY_DISK_FULL = 3,       /* the operation, and every later one, finds the disk full */
    FAULTY_DISK_ERROR = 4,      /* the operation fails once with an I/O error */
};

/* Registers the layer as "faulty"; 0 when it could be done. May be called again. */
int faulty_disk_register(void);

/* The fault happens at operation `number` from now on, counted from 1; 0 disarms. Restarts the count. */
void faulty_disk_arm(long number, enum faulty_disk_fault fault);

/* Operations since the last call of faulty_disk_arm. */
long faulty_disk_count(void);
