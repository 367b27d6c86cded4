# Runs a command that finds FOLDER at /opt/ml, in the mount namespace that this runs in: opt-ml.sh FOLDER UID GID COMMAND...
# Where UID is not empty, this is root of a user namespace only, and the command gets back the user that it belongs to.
set -e
folder=$1 user=$2 group=$3 path=$PATH
shift 3
PATH=/usr/sbin:/usr/bin:/sbin:/bin
if [ -d /opt/ml ]; then
  mount -n --bind "$folder" /opt/ml
else
  opt=$(mktemp -d /tmp/opt-ml.XXXXXX) # not below /opt, whose mounts are copied here
  trap 'rmdir "$opt" 2>/dev/null' EXIT # where a mount is refused
  mount -n -t tmpfs -o mode=755 opt "$opt"
  for entry in /opt/* /opt/.[!.]*; do # what else lies in /opt stays where it is: Python, perhaps
    to=$opt/${entry#/opt/}
    if [ -L "$entry" ]; then
      cp -P "$entry" "$to"
    elif [ -d "$entry" ]; then
      mkdir "$to"
      mount -n --rbind "$entry" "$to"
    elif [ -e "$entry" ]; then
      : > "$to"
      mount -n --bind "$entry" "$to"
    fi
  done
  mkdir "$opt/ml"
  mount -n --bind "$folder" "$opt/ml"
  mount -n --move "$opt" /opt
  rmdir "$opt"
  trap - EXIT
fi
if [ -f "$folder-hosts" ] && [ -f /etc/hosts ]; then # the names of the job's machines
  mount -n --bind "$folder-hosts" /etc/hosts ||
    echo "the machines of the job have no names here, since /etc/hosts stays as it is" >&2
fi
unshare=$(command -v unshare)
PATH=$path
if [ -n "$user" ]; then
  exec "$unshare" --user --map-user="$user" --map-group="$group" -- "$@"
fi
exec "$@"
