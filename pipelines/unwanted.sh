# unwanted.sh - find labels that are not classes; sourced

# unwanted FRAMES CLASSES: prints the labels in FRAMES that are not in CLASSES
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
