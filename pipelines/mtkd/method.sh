# method.sh - what a method is; sourced with method, lambda and seed set
#
# Sets model, the file but for its language; languages, of the students, "all"
# for one of all; loss; SAID, files of what teachers said; kind, of the student;
# heard, the views that it is trained with.  mono-METHOD has a student a
# language, clean-METHOD hears the first view alone, METHOD@SHARE has a share of
# the teachers that is not searched.

model=$DIR/${method}_${lambda}_$seed languages=all kind=$SIZE SAID=
heard=$VIEWS
case $method in
mono-*) languages=$LANGUAGES ;;
clean-*) heard=${VIEWS%% *} ;;
esac
test -z "$FROM" || kind=network

line=$(./recipe.sh "$method")
teachers=$(echo "${line%% *}" | tr ',' ' ' | sed "s/languages/$LANGUAGES/")
test "$teachers" != - || teachers=
each=$(echo "$LANGUAGES" | sed 's/  */=1,/g; s/$/=1/')
options=$(echo "${line#* }" | sed "s/LANGUAGES/$each/; s/LAMBDA/$lambda/")
test -z "$teachers" ||
	options="$options --teachers $(echo "$teachers" | tr ' ' ',')"
case $options in
*--compat*) loss="kd-loss $options" ;;
*) # what is trained from scratch wants smoothing; the published code has none
	loss="kd-loss -L $lambda -T 5"
	test "$FROM" || loss="$loss --label-smoothing .1"
	loss="$loss $options" ;;
esac
for name in $teachers
do
	case $name in
	listeners) SAID="$SAID $WORK/said-listeners.frames" ;;
	*) SAID="$SAID $DIR/said-$name.frames" ;;
	esac
done
export SAID

. ./where.sh
