# recordings.sh - find the recordings in a folder; sourced

# recordings DIRECTORY: prints their paths, NUL-terminated; follows links
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
