# One split of the data: teachers, what they say, students, their tests.
#
# Run by Makefile with SPLIT, a fold or a corpus: who is tested.  In DIR:
# teacher-NAME.model, NAME a language or "all"; said-NAME.frames; METHOD.lambda;
# METHOD_LAMBDA_SEED.model; METHOD.SEED.VIEW.tsv, of who is tested.

DIR = $(WORK)/$(SPLIT)

# The fold after the tested one develops; of a corpus, the second.
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
# Of those that are left to train with.
LANGUAGES  := $(shell ./languages.sh $(CORPORA)/manifest.tsv '$(SPLIT)' \
                $(DEV_FOLD))
export DIR TEST TRAIN DEV LANGUAGES

FRAMES  = $(VIEWS:%=$(WORK)/%.frames) $(TEST_VIEWS:%=$(WORK)/%.frames)
HEARD   = $(WORK)/$(TEACHER_VIEW).frames
NAMES  := $(shell ./names.sh '$(LANGUAGES)' $(METHODS))

$(DIR)/tested: $(foreach m,$(METHODS),$(SEEDS:%=$(DIR)/$m.%.tested)) \
               $(DIR)/teachers.txt $(DIR)/taught.txt \
               $(patsubst %,$(DIR)/%.weights,$(filter mtkd-%,$(METHODS)))
	touch $@

# Stem NAME, or NAME.FOLD of a teacher who has not heard that fold.
$(DIR)/teacher-%.model: $(HEARD)
	./teacher.sh $@ $(subst ., ,$*) $<

# Those of one language begin as the one of all.
ifneq ($(TEACHER_TUNE),0)
define tuned
$(DIR)/teacher-$1.model: $(DIR)/teacher-all.model
$(TRAIN_FOLDS:%=$(DIR)/teacher-$1.%.model): $(DIR)/teacher-$1.%.model: \
		$(DIR)/teacher-all.%.model

endef
$(foreach l,$(LANGUAGES),$(eval $(call tuned,$l)))
endif

# Once a method wants embeddings, all is said again with these.
ifneq ($(shell ./embedded.sh $(METHODS)),)
$(shell test -e $(WORK)/embedded || touch $(WORK)/embedded)
endif
EMBEDDED := $(wildcard $(WORK)/embedded)

$(DIR)/said-%.frames: $(DIR)/teacher-%.model $(HEARD) $(EMBEDDED)
	./said.sh $@ $< $(subst ., ,$*) $(HEARD)

ifdef CROSSFIT
define crossfit
$(DIR)/said-$1.frames: $(TRAIN_FOLDS:%=$(DIR)/said-$1.%.frames)
	cat $$^ >$$@.tmp
	mv $$@.tmp $$@

endef
$(foreach n,$(NAMES),$(eval $(call crossfit,$n)))
endif

# How good the teachers are, on the development speakers.
$(DIR)/teachers.txt: $(NAMES:%=$(DIR)/teacher-%.model)
	./teachers.sh $(NAMES) >$@.tmp
	mv $@.tmp $@

# And what they say of those whom they teach.
$(DIR)/taught.txt: $(NAMES:%=$(DIR)/said-%.frames)
	./taught.sh $(NAMES) >$@.tmp
	mv $@.tmp $@

# METHOD_LAMBDA.dev: recall on the development speakers, of the first seed.
# A method waits for its own teachers only.
define method
$1_shares := $(if $(filter ft %-ft,$1),0, \
	$(or $(word 2,$(subst @, ,$1)),$(LAMBDAS)))
$1_heard := $(FRAMES) $(patsubst %,$(DIR)/said-%.frames, \
	$(shell ./names.sh '$(LANGUAGES)' $1))

$$($1_shares:%=$(DIR)/$1_%.dev): $(DIR)/%.dev: $$($1_heard)
	./dev.sh $$@ $$(subst _, ,$$*)

$(DIR)/$1.lambda: $$($1_shares:%=$(DIR)/$1_%.dev)
	./lambda.sh $$@ $$^

$(SEEDS:%=$(DIR)/$1.%.tested): $(DIR)/$1.%.tested: $(DIR)/$1.lambda $$($1_heard)
	./student.sh $1 $$$$(cat $$<) $$* "$(TEST)" $(DIR)/$1.$$* \
		"$(TEST_VIEWS)"
	touch $$@

$(DIR)/$1.weights: $(DIR)/$1.$(firstword $(SEEDS)).tested
	./weights.sh $1 $$$$(cat $(DIR)/$1.lambda) $(firstword $(SEEDS)) >$$@.tmp
	mv $$@.tmp $$@

endef
$(foreach m,$(METHODS),$(eval $(call method,$m)))

.PRECIOUS: $(DIR)/teacher-%.model $(DIR)/said-%.frames
