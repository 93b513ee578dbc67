# teachers.mk - the rules of make -C pipelines teachers, which passes the settings

all: $(LANGUAGES:%=$(WORK)/%.trained) \
     $(if $(filter none,$(FOLD)),,$(LANGUAGES:%=$(WORK)/%.score))

$(WORK)/settings: FORCE
	@teachers/check.sh && ./settings.sh $@ FOLD PASSES BATCH RATE SEED \
		CLASSES OPTIONS TEACHER_BASE
	@$(MAKE) -s -C .. all

$(WORK)/%.frames: | $(WORK)/settings
	(cd '$(CORPORA)' && wavread -M manifest.tsv) | \
		framecut --where language=$* >$@.tmp
	mv $@.tmp $@

# .trained marks that all passes are done, since each pass changes the directory
$(WORK)/%.trained: $(WORK)/%.frames
	teachers/train.sh $(WORK)/$*.teacher $(WORK)/$*.frames $(WORK)/$*.log
	touch $@

$(WORK)/%.score: $(WORK)/%.trained
	framecut --where fold=$(FOLD) $(WORK)/$*.frames | \
		predict -m $(WORK)/$*.teacher | \
		score --classes $(CLASSES) >$@.tmp
	mv $@.tmp $@

FORCE:
.PHONY: all FORCE
.PRECIOUS: $(WORK)/%.frames $(WORK)/%.trained
