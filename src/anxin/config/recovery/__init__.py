"""Backup and recovery: nothing that was acknowledged is lost when the machine is.

A backup is a copy of the whole cluster (pg_basebackup), the uploads, and from then on every change (the write-ahead
log), each compressed, encrypted here and carried to a store. The store sees neither content nor keys.

    stream     compress, encrypt, and the way back
    store      where it goes: a folder, or `s3` an object store
    source     the server that is backed up
    base       one backup        wal      the changes after it        survey    what was in it, for comparison
    restore    from the store to a running cluster                    drill     prove that it works
    retention  which backups may go

In the store, below the system identifier of the cluster:

    base/<id>/cluster, base/<id>/files, base/<id>/manifest     the manifest comes last: without it there is no backup
    wal/<segment>, wal/<segment>.partial, wal/latest
    files/<moment>                                             uploads since the base backup
"""


class RecoveryTrouble(Exception):
    """Backup or restore cannot be done; the text is one line for the operator, with the remedy."""
