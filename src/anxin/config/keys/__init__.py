"""The life of keys: made, taken into use, everything sealed anew, retired.

It has to know every model and the uploads on disk, so it stands above all areas.

    census    which keys are still needed, and by how many values
    rotate    the way from one key to the next while everybody works on
    reseal    one table after the other, in batches
    retire    a key that nothing needs any more
    escrow    the keys under a passphrase, to be kept away from the backups
"""
