"""Voices: text becomes sound of which every phoneme's time is known.

    text --sentences--> one at a time --voice--> Spoken: sound, phonemes, words --visemes--> VisemeTrack

hibari (English) runs in this process; espeak-ng and Piper, which are under the GPL, in processes of their own.
"""
