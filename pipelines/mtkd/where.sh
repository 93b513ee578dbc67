# shellcheck shell=sh
# where.sh - conditions as options of shuffle and framecut; sourced
#
#	shuffle --keep-order $(where $TRAIN) x.frames

# where CONDITION...
where() {
	for condition
	do
		printf -- '--where %s ' "$condition"
	done
}
