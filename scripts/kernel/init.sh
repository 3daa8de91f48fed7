#!/bin/busybox sh
# The first program of the emulated machine. Makes the host's files, which it may not change, the lower half of its own
# root, with room for changes in memory, and goes on with guest.sh there. The launcher fills in /modules.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module" || echo "insmod $module failed"; done </modules/order
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose root /host &&
  mount -t tmpfs tmpfs /changes && mkdir /changes/upper /changes/work &&
  mount -t overlay overlay -o lowerdir=/host,upperdir=/changes/upper,workdir=/changes/work /new || exec poweroff -f
for place in proc sys dev; do mount --move "/$place" "/new/$place"; done
mount -t tmpfs tmpfs /new/run
exec switch_root /new /bin/sh "$(sed 's/.*wirelink.script=\([^ ]*\).*/\1/' /new/proc/cmdline)"
