"""Templates of questions, for the rooms that ask them. There are no pages here."""

from flask import Blueprint

bp = Blueprint("questions", __name__, template_folder="templates")
