"""The ground floor: child processes and what is said to them, threads, locks, atomic writes. Torch-free.

Everything that needs torch, or that may hang, runs in a child process, so that it can neither take the window with it
nor hold it up. What to look for where:

- `child_process`: how this program starts itself again, packaged or not, and the exit codes of its children;
- `supervision`: `Supervisor` starts, watches, restarts and stops one child; `policies` says how patiently;
- `child`, `heartbeat`, `backoff`: the parts of that, each usable alone;
- `protocol`, `messages`, `channel`: frames on a pipe, the typed messages in them, and the child's end of the pipe;
- `runtime`, `kernel_cache`, `console`: settings of a process before its work, and its standard streams;
- `locks`, `atomic_files`, `file_errors`: files that two processes share, and what is said when one can't be read.

Of `vimd_core` only `errors` and `user_messages` are used here, which an import contract checks.
"""
