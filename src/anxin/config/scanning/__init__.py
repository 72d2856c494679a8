"""Codes for programs that scan them: answered from memory beside Django, counted and limited like every look.

counting  how often somebody asked, and a code was asked for, in this minute, in all processes together
memory    the codes' answers, each until a fact changes or its day is over
service   one request
"""

from anxin.config.scanning.memory import CHANNEL
from anxin.config.scanning.service import PREFIX, Service

__all__ = ["CHANNEL", "PREFIX", "Service"]
