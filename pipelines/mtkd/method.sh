# method.sh - read the definition of a method; sourced
#
# Needs method, lambda and seed.  Sets model, the model file without its
# language; languages of the students, or "all" for one student; loss, the
# command; LOGITS, the files of the teachers' logits; kind, of the student; and
# train_views, the views in the training.  mono-METHOD trains a student per
# language, clean-METHOD uses the first view only, and METHOD@SHARE has a fixed
# share of the teachers.

model=$DIR/${method}_${lambda}_$seed languages=all kind=$SIZE LOGITS=
train_views=$VIEWS
case $method in
mono-*) languages=$LANGUAGES ;;
clean-*) train_views=${VIEWS%% *} ;;
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
	listeners) LOGITS="$LOGITS $WORK/logits-listeners.frames" ;;
	*) LOGITS="$LOGITS $DIR/logits-$name.frames" ;;
	esac
done
export LOGITS

. ./where.sh
