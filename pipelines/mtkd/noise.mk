# make -C pipelines noise CORPORA=DIR
#
# Trains students on speech in noise, babble, rooms and telephones, with
# teachers that get the same speech clean.  clean-ft is trained on clean speech
# only.  The tests have noise and babble at 20, 10, 5 and 0 dB below the speech.

METHODS      = clean-ft ft kd mtkd-language
VIEWS        = raw babble pink room telephone
TEST_VIEWS   = raw babble20 babble10 babble5 babble0 pink20 pink10 pink5 pink0 \
               room1 telephone1
TEACHER_VIEW = raw

include Makefile
