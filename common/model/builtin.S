/* The built-in model's file as it is, aligned for float access. */
	.section .rodata
	.global builtin_model, builtin_model_end
	.balign 64
builtin_model:
	.incbin "pipelines/default/model.safetensors"
builtin_model_end:
	.byte 0
	.section .note.GNU-stack,"",%progbits
