# make -C pipelines paper CORPORA=DIR TEACHER_BASE=wav2vec2-base
#
# The published experiment, with its settings: wav2vec 2.0 teachers and
# students, 20 passes, batches of 16, a rate of 3e-5, a share of .25 (.75 for
# one teacher), and its loss; students of one language and of all.  DIR holds
# IEMOCAP, FESC and CaFE with a manifest of corpora/manifest.sh.  Of its folds 4
# has IEMOCAP's session 5, and 8 FESC's JAKA, which the published code tests
# with; 0 has two of CaFE's twelve, and who these are is not said there.  What
# this does not repeat: teachers that were trained with the test speakers, and
# models chosen by them.  The fold after the tested one develops, though there is
# nothing to choose, and is not trained with.

METHODS        = ft kd-paper mtkd-paper mono-ft mono-kd-paper mono-mtkd-paper
PASSES         = $(if $(QUICK),3,20)
TEACHER_PASSES = $(if $(QUICK),3,20)
LAMBDAS        = .25
SEEDS          = 42
FOLDS          = $(filter 0 4 8,$(ALL_FOLDS))

ifeq ($(FROM),)
$(error say what to fine-tune: make TEACHER_BASE=DIR, with DIR/config.json)
endif

include Makefile
