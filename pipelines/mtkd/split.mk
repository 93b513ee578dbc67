# split.mk - train and test teachers and students on one split of the data
#
# Run by Makefile.  SPLIT is the fold or corpus to test.  Files in DIR:
#
#	teacher-NAME.model        NAME is a language or "all"
#	logits-NAME.frames        logits of the teacher
#	METHOD.lambda             share of the teachers that was chosen
#	METHOD_LAMBDA_SEED.model  student
#	METHOD.SEED.VIEW.tsv      predictions on the test speakers

DIR = $(WORK)/$(SPLIT)

# The development fold is the fold after SPLIT; for a corpus, the second fold.
ifneq ($(filter $(SPLIT),$(ALL_FOLDS)),)
DEV_FOLD   := $(shell ./next.sh $(SPLIT) $(ALL_FOLDS))
TEST        = fold=$(SPLIT)
TRAIN       = fold!=$(SPLIT) fold!=$(DEV_FOLD)
DEV         = fold=$(DEV_FOLD)
TRAIN_FOLDS = $(filter-out $(SPLIT) $(DEV_FOLD),$(ALL_FOLDS))
else
DEV_FOLD   := $(word 2,$(ALL_FOLDS))
TEST        = corpus=$(SPLIT)
TRAIN       = corpus!=$(SPLIT) fold!=$(DEV_FOLD)
DEV         = corpus!=$(SPLIT) fold=$(DEV_FOLD)
TRAIN_FOLDS = $(filter-out $(DEV_FOLD),$(ALL_FOLDS))
endif
# The languages of the training data.
LANGUAGES  := $(shell ./languages.sh $(CORPORA)/manifest.tsv '$(SPLIT)' \
                $(DEV_FOLD))
export DIR TEST TRAIN DEV LANGUAGES

FRAMES  = $(VIEWS:%=$(WORK)/%.frames) $(TEST_VIEWS:%=$(WORK)/%.frames)
TEACHER_FRAMES = $(WORK)/$(TEACHER_VIEW).frames
NAMES  := $(shell ./names.sh '$(LANGUAGES)' $(METHODS))

$(DIR)/tested: $(foreach m,$(METHODS),$(SEEDS:%=$(DIR)/$m.%.tested)) \
               $(DIR)/teachers.txt $(DIR)/teaching.txt \
               $(patsubst %,$(DIR)/%.weights,$(filter mtkd-%,$(METHODS)))
	touch $@

# The stem is NAME, or NAME.FOLD for a teacher that is not trained on FOLD.
$(DIR)/teacher-%.model: $(TEACHER_FRAMES)
	./teacher.sh $@ $(subst ., ,$*) $<

# Teachers of one language are fine-tuned from the teacher for all.
ifneq ($(TEACHER_TUNE),0)
define tuned
$(DIR)/teacher-$1.model: $(DIR)/teacher-all.model
$(TRAIN_FOLDS:%=$(DIR)/teacher-$1.%.model): $(DIR)/teacher-$1.%.model: \
		$(DIR)/teacher-all.%.model

endef
$(foreach l,$(LANGUAGES),$(eval $(call tuned,$l)))
endif

# If a method needs embeddings, all logits are computed again, with embeddings.
ifneq ($(shell ./embedded.sh $(METHODS)),)
$(shell test -e $(WORK)/embedded || touch $(WORK)/embedded)
endif
EMBEDDED := $(wildcard $(WORK)/embedded)

$(DIR)/logits-%.frames: $(DIR)/teacher-%.model $(TEACHER_FRAMES) $(EMBEDDED)
	./logits.sh $@ $< $(subst ., ,$*) $(TEACHER_FRAMES)

ifdef CROSSFIT
define crossfit
$(DIR)/logits-$1.frames: $(TRAIN_FOLDS:%=$(DIR)/logits-$1.%.frames)
	cat $$^ >$$@.tmp
	mv $$@.tmp $$@

endef
$(foreach n,$(NAMES),$(eval $(call crossfit,$n)))
endif

# The scores of the teachers on the development speakers.
$(DIR)/teachers.txt: $(NAMES:%=$(DIR)/teacher-%.model)
	./teachers.sh $(NAMES) >$@.tmp
	mv $@.tmp $@

# The scores of the teachers on the utterances that they teach.
$(DIR)/teaching.txt: $(NAMES:%=$(DIR)/logits-%.frames)
	./teaching.sh $(NAMES) >$@.tmp
	mv $@.tmp $@

# METHOD_LAMBDA.dev: recall on the development speakers with the first seed.
# A method depends on its own teachers only.
define method
$1_shares := $(if $(filter ft %-ft,$1),0, \
	$(or $(word 2,$(subst @, ,$1)),$(LAMBDAS)))
$1_inputs := $(FRAMES) $(patsubst %,$(DIR)/logits-%.frames, \
	$(shell ./names.sh '$(LANGUAGES)' $1))

$$($1_shares:%=$(DIR)/$1_%.dev): $(DIR)/%.dev: $$($1_inputs)
	./dev.sh $$@ $$(subst _, ,$$*)

$(DIR)/$1.lambda: $$($1_shares:%=$(DIR)/$1_%.dev)
	./lambda.sh $$@ $$^

$(SEEDS:%=$(DIR)/$1.%.tested): $(DIR)/$1.%.tested: $(DIR)/$1.lambda $$($1_inputs)
	./student.sh $1 $$$$(cat $$<) $$* "$(TEST)" $(DIR)/$1.$$* \
		"$(TEST_VIEWS)"
	touch $$@

$(DIR)/$1.weights: $(DIR)/$1.$(firstword $(SEEDS)).tested
	./weights.sh $1 $$$$(cat $(DIR)/$1.lambda) $(firstword $(SEEDS)) >$$@.tmp
	mv $$@.tmp $$@

endef
$(foreach m,$(METHODS),$(eval $(call method,$m)))

.PRECIOUS: $(DIR)/teacher-%.model $(DIR)/logits-%.frames
