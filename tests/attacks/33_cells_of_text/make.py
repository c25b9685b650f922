path.write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ["x"]}')
