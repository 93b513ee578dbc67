# method.sh - read the definition of a method; sourced
#
# Needs method, lambda and seed.  Sets model, the model file without its
# language; languages of the students, or "all" for one student; loss, the
# command; SAID, the files of the teachers' logits; kind, of the student; and
# heard, the views in the training.  mono-METHOD trains a student per language,
# clean-METHOD uses the first view only, and METHOD@SHARE has a fixed share of
# the teachers.

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
*) # smooth labels when training from scratch; the published code does not
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
