# recordings.sh - which files in a folder are recordings; sourced

# recordings DIRECTORY: their paths, each ended by a NUL, links followed
recordings() {
	case $1 in
	-*) set -- "./$1" ;;
	esac
	find -L "$1" -type f \( -iname '*.wav' -o -iname '*.wave' \
		-o -iname '*.flac' -o -iname '*.ogg' -o -iname '*.oga' \
		-o -iname '*.opus' -o -iname '*.mp3' -o -iname '*.mp2' \
		-o -iname '*.aif' -o -iname '*.aiff' -o -iname '*.aifc' \
		-o -iname '*.au' -o -iname '*.caf' -o -iname '*.w64' \) -print0
}
