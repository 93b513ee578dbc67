# make -C pipelines noise CORPORA=DIR
#
# Students that hear noise, other voices, rooms and telephones, taught by
# teachers that hear the same speech clean; clean-ft hears only clean speech.
# Tested in noise and among voices that are 20, 10, 5 and 0 dB below the speech.

METHODS      = clean-ft ft kd mtkd-language
VIEWS        = raw babble pink room telephone
TEST_VIEWS   = raw babble20 babble10 babble5 babble0 pink20 pink10 pink5 pink0 \
               room1 telephone1
TEACHER_VIEW = raw

include Makefile
