#!/bin/sh
# What the emulated machine runs, in the root that init.sh made: loads the modules of the laboratory, runs the work that
# the launcher left in its exchange folder, leaves the exit status there, and turns the machine off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
word() { sed -n "s/.*wirelink.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }
echo "wirelink-guest: Linux $(uname -r)"

mkdir -p /run/exchange /lib/modules /dev/shm /dev/pts
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 exchange /run/exchange
mount --bind "$(word modules)" /lib/modules
mount -t tmpfs tmpfs /dev/shm
mount -t devpts devpts /dev/pts
ip link set lo up
for module in wireguard nf_tables nft_chain_nat nft_masq nft_ct veth bridge tun sch_netem; do
  modprobe "$module" || echo "wirelink-guest: no module $module"
done

sh /run/exchange/work.sh
echo $? >/run/exchange/status
sync
echo o >/proc/sysrq-trigger
sleep 60
