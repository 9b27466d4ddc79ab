"""What AWS refuses and the emulation would accept, and what AWS answers and the emulation lacks.

Each rule is a module that names the page of AWS's documentation it imitates.
"""
