# shellcheck shell=sh
# where.sh - turn conditions into options of shuffle and framecut; sourced
#
#	shuffle --keep-order $(where $TRAIN) x.frames

# where CONDITION...: prints the options
where() {
	for condition
	do
		printf -- '--where %s ' "$condition"
	done
}
