# unwanted.sh - which labels are no class; sourced

# unwanted FRAMES CLASSES: the labels in FRAMES that CLASSES lack, a line each
unwanted() {
	framecut --keep label "$1" | framedump --json |
		sed -nE '/"label":"/ {
			s/.*"label":"(([^"\\]|\\.)*)".*/\1/
			s/\\(["\\/])/\1/g
			p
		}' | sort -u |
		while IFS= read -r label
		do
			case ,$2, in
			*,"$label",*) ;;
			*) printf '%s\n' "$label" ;;
			esac
		done
}
