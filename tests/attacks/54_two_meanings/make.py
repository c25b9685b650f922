path.write_text(whole[:-1] + ', "cells": []}')
